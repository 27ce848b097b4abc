// The sign-in form: shows it, checks user id and password, and hands the result to the OpenID Connect engine.
import { createHash, timingSafeEqual } from 'node:crypto';

import { ONE_FACTOR, TWO_FACTORS } from './configuration.mjs';
import { CONTENT_SECURITY_POLICY, page, signInPage } from './pages.mjs';

const LARGEST_FORM = 4096;

export class SignIn {
  constructor(provider, people) {
    this.provider = provider;
    this.people = people;
  }

  async handle(request, response) {
    try {
      const interaction = await this.provider.interactionDetails(request, response);
      if (request.method === 'GET') return show(response, 200, signInPage(interaction.uid, false));
      if (request.method !== 'POST') return show(response, 405, page('Not allowed', []));
      return await this.check(interaction, request, response);
    } catch (problem) {
      if (problem.name !== 'SessionNotFound') console.error(problem.name);
      return show(response, 400, page('Sign-in has ended', [
        '<p role="alert">This sign-in took too long or was already used. Go back to the application and sign in again.</p>',
      ]));
    }
  }

  async check(interaction, request, response) {
    const form = await read(request);
    const person = this.people.get((form.get('user_id') ?? '').trim().toUpperCase());
    if (!same(form.get('password') ?? '', person?.password ?? '') || !person) {
      return show(response, 401, signInPage(interaction.uid, true));
    }
    return this.provider.interactionFinished(request, response, { login: strength(interaction, person) });
  }
}

// IDM asks for a second factor; the stand-in takes it as given when it is asked for, and says so in amr.
function strength(interaction, person) {
  const asked = (interaction.params.acr_values ?? '').split(' ');
  return asked.includes(TWO_FACTORS)
    ? { accountId: person.user_id, acr: TWO_FACTORS, amr: ['pwd', 'mfa'] }
    : { accountId: person.user_id, acr: ONE_FACTOR, amr: ['pwd'] };
}

function show(response, status, html) {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  response.end(html);
}

async function read(request) {
  let body = '';
  for await (const chunk of request) {
    body += chunk;
    if (body.length > LARGEST_FORM) throw new Error('the form is too large');
  }
  return new URLSearchParams(body);
}

function same(one, other) {
  const digest = (text) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
