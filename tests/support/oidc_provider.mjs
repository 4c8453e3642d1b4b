// The npm package `oidc-provider` as the tests' OpenID provider, on a free port of 127.0.0.1.
//
// Standard input: first one JSON object {clients, accounts}, then one of {"rotate": true},
// {"accounts": {...}} or {"clients": [...]} a line. Each is answered by one line on standard output, the
// first with the issuer. Whoever signs in types an account's name and any password.
import { createServer } from 'node:http'
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const from = createRequire(`${process.argv[2]}/package.json`)
const { default: Provider } = await import(pathToFileURL(from.resolve('oidc-provider')))

const ID_TOKEN_S = 60
let issuer = ''
let accounts = {}
let clients = []
let key = newKey()
let answer = (_, response) => response.writeHead(503).end()

function newKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' }
}

function begin() {
  const provider = new Provider(issuer, {
    clients,
    jwks: { keys: [key] },
    cookies: { keys: ['a secret of the tests'] },
    claims: { openid: ['sub'], profile: ['name', 'roles', 'centres'] },
    conformIdTokenClaims: process.argv[3] === 'userinfo',
    ttl: { IdToken: ID_TOKEN_S, AuthorizationCode: 600, AccessToken: 600, Session: 3600, Interaction: 3600, Grant: 3600 },
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'HS256'] },
    pkce: { required: () => true },
    findAccount: (_, id) => (id in accounts ? { accountId: id, claims: () => ({ sub: id, ...accounts[id] }) } : undefined),
    // Nobody is asked whether a police console may know who she is.
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId })
      grant.addOIDCScope('openid profile')
      await grant.save()
      return grant
    },
  })
  answer = provider.callback()
}

const server = createServer((request, response) => answer(request, response))
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const tell = (value) => process.stdout.write(`${JSON.stringify(value)}\n`)

server.listen(0, '127.0.0.1', async () => {
  issuer = `http://127.0.0.1:${server.address().port}`
  for await (const line of lines) {
    const told = JSON.parse(line)
    if (told.rotate) key = newKey()
    accounts = told.accounts ?? accounts
    clients = told.clients ?? clients
    if (told.rotate || told.clients) begin()
    tell({ issuer })
  }
  process.exit(0)
})
