// An alarm that is sent until it is known to be there. Node 24 runs this file as it is.
// Needs MSA_URL, MSA_CLIENT_ID, MSA_SECRET_FILE.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

type Result = {
  id: string
  fate: 'committed' | 'accepted' | 'coalesced' | 'refused' | 'unknown'
  seen_before: boolean
  alarm_id?: string
  centre?: string
  flags: string[]
  problem?: { type: string; errors: { field: string; message: string }[] }
}

const url = process.env.MSA_URL!
const client = `${process.env.MSA_CLIENT_ID}:${readFileSync(process.env.MSA_SECRET_FILE!, 'utf8').trim()}`

let held: { token: string; until: number } | undefined

/** Return an access token, kept until a minute before it ends. */
async function token(): Promise<string> {
  if (held === undefined || performance.now() > held.until) {
    const answer = await fetch(`${url}/v1/token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${Buffer.from(client).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
    if (!answer.ok) throw new Error(`no token: ${answer.status} ${await answer.text()}`)
    const given = (await answer.json()) as { access_token: string; expires_in: number }
    held = { token: given.access_token, until: performance.now() + (given.expires_in - 60) * 1000 }
  }
  return held.token
}

/** Send one event until the gateway says what became of it; its id stays the same. */
async function send(type: string, data: object): Promise<Result> {
  const event = {
    specversion: '1.0',
    id: randomUUID(),
    source: '/examples/typescript',
    type,
    subject: 'account-4711',
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    data,
  }
  for (const waitMs of [500, 1000, 2000, 5000, 10000]) {
    try {
      const answer = await fetch(`${url}/v1/events`, {
        method: 'POST',
        headers: {
          Authorization: `Bearer ${await token()}`,
          'Content-Type': 'application/cloudevents+json',
        },
        body: JSON.stringify(event),
        signal: AbortSignal.timeout(10_000),
      })
      if (answer.status === 401) held = undefined // taken back meanwhile
      else if (answer.status < 500) {
        if (!answer.ok) throw new Refused(`${answer.status} ${await answer.text()}`)
        return (await answer.json()) as Result
      }
    } catch (error) {
      if (error instanceof Refused) throw error
    }
    await pause(waitMs)
  }
  throw new Error('not known to be there: sound the alarm another way')
}

/** The event itself is wrong: sending it again changes nothing. */
class Refused extends Error {}

const raised = await send('be.msa.alarm.raised', { cause: 'button', battery_pct: 71 })
console.log(`alarm ${raised.alarm_id} at ${raised.centre}`)
const told = await send('be.msa.device.condition', { condition: 'battery_low', battery_pct: 9 })
console.log(`condition ${told.fate}`)
