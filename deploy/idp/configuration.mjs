// What the stand-in offers. It is strict where the real one is: exact redirect addresses, code flow only, PKCE always.
import { page } from './pages.mjs';
import { SqliteAdapter } from './storage.mjs';

export const ONE_FACTOR = 'urn:okta:loa:1fa:any';
export const TWO_FACTORS = 'urn:okta:loa:2fa:any';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

export function configuration(given, people) {
  return {
    adapter: SqliteAdapter,
    clients: given.clients.map((client) => ({
      grant_types: ['authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_basic',
      ...client,
    })),
    jwks: given.jwks,
    cookies: { keys: given.cookie_keys, names: { session: 'idp_session', interaction: 'idp_interaction', resume: 'idp_resume' } },
    pkce: { required: () => true },
    acrValues: [ONE_FACTOR, TWO_FACTORS],
    scopes: ['openid', 'profile', 'email'],
    claims: {
      openid: ['sub', 'acr', 'amr', 'auth_time'],
      profile: ['name', 'given_name', 'family_name'],
      email: ['email', 'email_verified'],
      sid: null,
      iss: null,
    },
    // IDM puts the profile into the ID token when it is asked for
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource, postLogoutSuccessSource },
    },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    ttl: {
      AccessToken: 10 * MINUTE,
      AuthorizationCode: MINUTE,
      Grant: 12 * HOUR,
      IdToken: HOUR,
      Interaction: HOUR,
      Session: 12 * HOUR,
    },
    renderError,
    findAccount: (_context, id) => account(people.get(id)),
    loadExistingGrant: consentGiven,
  };
}

function account(person) {
  if (!person) return undefined;
  return {
    accountId: person.user_id,
    claims: () => ({
      sub: person.user_id,
      name: `${person.given_name} ${person.family_name}`,
      given_name: person.given_name,
      family_name: person.family_name,
      email: person.email,
      email_verified: true,
    }),
  };
}

// The program's own applications need no consent page.
async function consentGiven(context) {
  const { client, session, provider } = context.oidc;
  const known = session.grantIdFor(client.clientId);
  if (known) return provider.Grant.find(known);
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope('openid profile email');
  await grant.save();
  return grant;
}

function renderError(context, out) {
  context.type = 'html';
  context.body = page('Sign-in is not possible', [
    `<p role="alert">${escaped(out.error_description ?? out.error)}</p>`,
    '<p>Go back to the application and try again from there.</p>',
  ]);
}

function logoutSource(context, form) {
  context.body = page('Sign out', [
    form,
    '<p>Do you want to sign out of the identity provider too?</p>',
    '<button type="submit" form="op.logoutForm" name="logout" value="yes">Sign out</button>',
  ]);
}

function postLogoutSuccessSource(context) {
  context.body = page('Signed out', ['<p>You are signed out.</p>']);
}

function escaped(text) {
  return String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
