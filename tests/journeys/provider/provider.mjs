// A certified OpenID Connect provider (https://github.com/panva/node-oidc-provider) with two people, for one test.
//
// Where it is installed is the first argument. It prints its issuer, reads a line of JSON, {"redirect", "client_id",
// "client_secret"}, prints "ready", and serves until its standard input is closed.
import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const installed = `${process.argv[2]}/node_modules/oidc-provider/lib/index.js`;
const { default: Provider } = await import(pathToFileURL(installed));

const people = {
  alice: { groups: ['everybody', 'soc-analysts'], preferred_username: 'alice@example.com' },
  mallory: { groups: ['everybody'], preferred_username: 'mallory@example.com' },
};

const key = (alg, type, options) => {
  const { privateKey } = generateKeyPairSync(type, options);
  return { ...privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid: alg };
};

let handler = (_, response) => response.writeHead(503).end();
const server = createServer((request, response) => handler(request, response));
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const lines = createInterface({ input: process.stdin });
  lines.once('line', (line) => {
    const { redirect, client_id, client_secret, signed_by } = JSON.parse(line);
    const provider = new Provider(issuer, {
      clients: [{
        client_id,
        client_secret,
        redirect_uris: [redirect],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        id_token_signed_response_alg: signed_by,
        token_endpoint_auth_method: 'client_secret_basic',
      }],
      jwks: {
        keys: [key('RS256', 'rsa', { modulusLength: 2048 }), key('ES256', 'ec', { namedCurve: 'P-256' })],
      },
      enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256'] },
      pkce: { required: () => true },
      scopes: ['openid', 'profile', 'email', 'groups'],
      claims: { openid: ['sub'], profile: ['preferred_username'], email: ['email'], groups: ['groups'] },
      // The claims stand in the ID token, as Entra's do.
      conformIdTokenClaims: false,
      cookies: { keys: ['only for this test'] },
      findAccount: (_, id) => people[id] && {
        accountId: id,
        claims: () => ({ sub: id, email: `${id}@example.com`, ...people[id] }),
      },
    });
    handler = provider.callback();
    console.log('ready');
  });
  lines.once('close', () => process.exit(0));
  console.log(issuer);
});
