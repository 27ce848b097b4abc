// Where sessions and codes are kept: one SQLite file, so that a stand-in that was killed knows its people again.
import { DatabaseSync } from 'node:sqlite';

const BY_GRANT = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken']);
const seconds = () => Math.floor(Date.now() / 1000);

export class SqliteAdapter {
  static database;

  static open(file) {
    this.database = new DatabaseSync(file);
    this.database.exec(`
      pragma journal_mode = wal;
      pragma synchronous = normal;
      create table if not exists kept (
        model text, id text, payload text not null, uid text, grant_id text, expires integer, primary key (model, id)
      ) strict;
      create index if not exists kept_uid on kept (uid) where uid is not null;
      create index if not exists kept_grant on kept (grant_id) where grant_id is not null;
      delete from kept where expires < unixepoch();
    `);
  }

  constructor(model) {
    this.model = model;
    const prepared = (sql) => SqliteAdapter.database.prepare(sql);
    this.put = prepared('insert or replace into kept values (?, ?, ?, ?, ?, ?)');
    this.byId = prepared('select payload from kept where model = ? and id = ? and (expires is null or expires >= ?)');
    this.byUid = prepared('select payload from kept where model = ? and uid = ? and (expires is null or expires >= ?)');
    this.remove = prepared('delete from kept where model = ? and id = ?');
    this.removeGrant = prepared('delete from kept where model = ? and grant_id = ?');
    this.use = prepared("update kept set payload = json_set(payload, '$.consumed', ?) where model = ? and id = ?");
  }

  async upsert(id, payload, expiresIn) {
    const grant = BY_GRANT.has(this.model) ? payload.grantId ?? null : null;
    const expires = expiresIn ? seconds() + expiresIn : null;
    this.put.run(this.model, id, JSON.stringify(payload), payload.uid ?? null, grant, expires);
  }

  async find(id) {
    return parsed(this.byId.get(this.model, id, seconds()));
  }

  async findByUid(uid) {
    return parsed(this.byUid.get(this.model, uid, seconds()));
  }

  async findByUserCode() {
    return undefined; // there is no device flow here
  }

  async consume(id) {
    this.use.run(seconds(), this.model, id);
  }

  async destroy(id) {
    this.remove.run(this.model, id);
  }

  async revokeByGrantId(grantId) {
    this.removeGrant.run(this.model, grantId);
  }
}

function parsed(row) {
  return row && JSON.parse(row.payload);
}
