// A receiver of alarms: verifies Standard Webhooks 1.0, takes each event once. Node 24 runs it as it is.
// Needs MSA_WEBHOOK_SECRET_FILE (whsec_…); listens on PORT, or a free one.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo } from 'node:net'

const secret = readFileSync(process.env.MSA_WEBHOOK_SECRET_FILE!, 'utf8').trim()
const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
const seen = new Set<string>() // in real life with what you make of an event, in one transaction

function holds(id: string, timestamp: string, body: Buffer, signatures: string): boolean {
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) return false
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest()
  return signatures.split(' ').some((one) => {
    const [version, encoded] = one.split(',')
    const given = Buffer.from(encoded ?? '', 'base64')
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected)
  })
}

const server = createServer(async (request, answer) => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  const body = Buffer.concat(parts)
  const [id, at, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
    (name) => String(request.headers[name] ?? ''),
  )
  if (!holds(id, at, body, signatures)) {
    answer.writeHead(401).end()
    return
  }
  if (!seen.has(id)) {
    const event = JSON.parse(body.toString())
    seen.add(id)
    console.log(`${event.type} ${event.subject} ${event.sequence}`)
  }
  answer.writeHead(204).end() // only now: what is not answered 2xx comes again
})

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(`listening ${(server.address() as AddressInfo).port}`)
})
