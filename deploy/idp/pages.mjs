// The few pages of the stand-in: plain, labelled, usable by keyboard and without script.
import { createHash } from 'node:crypto';

const STYLE = `
body { font: 1.06rem/1.5 "Public Sans", system-ui, sans-serif; color: #1b1b1b; background: #fff; margin: 0; }
main { max-width: 24rem; margin: 3rem auto; padding: 0 1rem; }
label { display: block; font-weight: 600; margin-top: 1rem; }
input { box-sizing: border-box; width: 100%; font: inherit; padding: .5rem; border: 1px solid #565c65; margin-top: .25rem; }
button { font: inherit; font-weight: 700; margin-top: 1.5rem; padding: .6rem 1.25rem; border: 0; border-radius: .25rem;
  color: #fff; background: #005ea2; cursor: pointer; }
:focus-visible { outline: .25rem solid #2491ff; outline-offset: 0; }
[role="alert"] { border-left: .5rem solid #d54309; background: #f4e3db; padding: .75rem 1rem; }
.hint { color: #565c65; }
`;

export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

export function page(title, parts) {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} - identity provider stand-in</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${parts.join('\n')}
</main>
</body>
</html>
`;
}

export function signInPage(uid, failed) {
  return page('Sign in', [
    '<p class="hint">A stand-in for the identity management system, with made-up people only.</p>',
    failed ? '<p role="alert" id="problem">The user id or the password is not right.</p>' : '',
    `<form method="post" action="/interaction/${uid}">`,
    '<label for="user_id">User id</label>',
    `<input id="user_id" name="user_id" autocomplete="username" autocapitalize="characters" spellcheck="false" required autofocus${described(failed)}>`,
    '<label for="password">Password</label>',
    `<input id="password" name="password" type="password" autocomplete="current-password" required${described(failed)}>`,
    '<button type="submit">Sign in</button>',
    '</form>',
  ]);
}

function described(failed) {
  return failed ? ' aria-invalid="true" aria-describedby="problem"' : '';
}
