// A stand-in for the program's identity provider: real OpenID Connect (authorization code + PKCE, sign-out, acr),
// made-up people. It reads one JSON file, named in IDP_CONFIGURATION; deploy/local/idp.py writes that file.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

import Provider from 'oidc-provider';

import { configuration } from './configuration.mjs';
import { SignIn } from './sign-in.mjs';
import { SqliteAdapter } from './storage.mjs';

const given = JSON.parse(readFileSync(process.env.IDP_CONFIGURATION, 'utf8'));
SqliteAdapter.open(given.storage);

const people = new Map(given.people.map((person) => [person.user_id, person]));
const provider = new Provider(given.issuer, configuration(given, people));
const signIn = new SignIn(provider, people);
const openIdConnect = provider.callback();

const server = createServer((request, response) => {
  if (request.url === '/health') return response.writeHead(204).end();
  if (request.url.startsWith('/interaction/')) return signIn.handle(request, response);
  return openIdConnect(request, response);
});
server.listen(given.port, given.host ?? '127.0.0.1');

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
}
