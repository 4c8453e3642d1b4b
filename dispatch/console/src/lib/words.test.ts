/** Every language says the same things: nothing left in English, nothing empty, nothing it was told left out. */
import { describe, expect, it } from 'vitest'
import { caseworkWordsOf } from './casework/speech.svelte'
import { LANGUAGES, wordsOf, type Language, type Words } from './words'

/** What is the same word in English and in the language. */
const SAME_AS_ENGLISH: Readonly<Record<string, readonly string[]>> = {
  nl: [
    '1 alarm',

    ...['Test', 'Tests', 'Limburg', 'Alarm', 'alarm', 'Consoles', 'Open', 'Hotspots', 'Teams'],
    ...['Operator', 'operator', 'supervisor', 'auditor'],
  ],
  fr: [
    ...[
      'Test',
      'Animal',
      'Position',
      'Latitude, longitude',
      'Relation',
      'Photo',
      'Note',
      'Supervision',
      'satellites',
      'Session',
    ],
    ...['Hainaut', 'Liège', 'Luxembourg', 'Namur', 'Centre', 'Centre (code)', 'Centres', 'Consoles'],
  ],
  de: ['Test', 'Limburg', 'Namur', 'Alarm', 'Position', 'Radius', 'Name', 'Operator', 'Person', 'Teams'],
}

/** What is no word of any language. */
const NO_WORDS = ['WGS84', 'Auto']

/** What a word may be told besides text: these take a code, and say another thing for each. */
const CODES: Readonly<Record<string, readonly string[]>> = {
  'link.snapshot': ['first_attach', 'epoch_changed', 'expired', 'ahead_of_log', 'too_far_behind'],
}

const MANY = 721 // a number that no sentence has of itself
const FIRSTS = [1, 2, MANY, '‹a›'] as const

type Said = Readonly<Record<string, string>>

/** All that a language says, by path; what is told something, with what can be found again. */
function everything(part: unknown, path = ''): Said {
  if (typeof part === 'string') return { [path]: part }
  if (typeof part === 'function') return spoken(part as (...told: unknown[]) => string, path)
  const parts = Object.entries(part as object)
  return Object.assign({}, ...parts.map(([key, each]) => everything(each, path ? `${path}.${key}` : key)))
}

/** A word that takes a number is not asked with text, nor the other way round. */
function spoken(say: (...told: unknown[]) => string, path: string): Said {
  const ways = FIRSTS.flatMap((first) => (CODES[path] ?? ['‹b›']).map((code) => [first, code, '‹c›', '‹d›']))
  const entries = ways.flatMap((told) => {
    try {
      return [[`${path}(${told.slice(0, say.length).join()})`, say(...told)] as const]
    } catch {
      return []
    }
  })
  expect(entries.length, path).toBeGreaterThan(0)
  return Object.fromEntries(entries)
}

/** What was told and is found again, in any order. */
function told(text: string): string {
  return (text.match(/‹[a-d]›|721/g) ?? []).toSorted().join()
}

async function saidIn(language: Language): Promise<Said> {
  const casework = await caseworkWordsOf(language)
  return everything({ ...((await wordsOf(language)) satisfies Words), casework })
}

/** Pairs of what English and the language say under one path. */
async function pairs(
  language: Language,
): Promise<(readonly [path: string, english: string, said: string])[]> {
  const [english, said] = [await saidIn('en'), await saidIn(language)]
  return Object.keys(english).flatMap((path) => (path in said ? [[path, english[path]!, said[path]!]] : []))
}

describe.each(LANGUAGES)('in %s', (language) => {
  it('the same things are said as in English, and none is empty', async () => {
    const paths = (said: Said) => [...new Set(Object.keys(said).map((path) => path.replace(/\(.*/, '')))]
    expect(paths(await saidIn(language))).toEqual(paths(await saidIn('en')))
    const blank = (await pairs(language)).filter(([, , said]) => said === '' || said !== said.trim())
    expect(blank).toEqual([])
  })

  it('every word that is told something passes it on', async () => {
    const lost = (await pairs(language)).filter(([, english, said]) => told(english) !== told(said))
    expect(lost).toEqual([])
  })

  it.skipIf(language === 'en')('no word is left in English', async () => {
    const allowed = [...NO_WORDS, ...(SAME_AS_ENGLISH[language] ?? [])]
    const left = (await pairs(language)).filter(
      ([, english, said]) => said === english && /\p{L}{3}/u.test(said) && !allowed.includes(said),
    )
    expect(left).toEqual([])
  })
})
