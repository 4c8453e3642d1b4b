/** Every language says the same things: nothing left in English, nothing empty, nothing it was told left out. */
import { describe, expect, it } from 'vitest'
import { LANGUAGES, wordsOf, type Words } from './words'

/** What is the same word in English and in the language. */
const SAME_AS_ENGLISH: Readonly<Record<string, readonly string[]>> = {
  nl: ['Test', 'Limburg', 'Alarm'],
  fr: [
    ...[
      'Test',
      'Animal',
      'Position',
      'Latitude, longitude',
      'Relation',
      'Photo',
      'Supervision',
      'satellites',
    ],
    ...['Hainaut', 'Liège', 'Luxembourg', 'Namur'],
  ],
  de: ['Test', 'Limburg', 'Namur', 'Alarm', 'Position', 'Radius', 'Name'],
}

/** Areas that nobody has translated yet. */
const NOT_YET = /^(commands|sound|supervision|history|tasks|session)\./

/** What a word may be told besides text: these take a code, and say another thing for each. */
const CODES: Readonly<Record<string, readonly string[]>> = {
  'link.snapshot': ['first_attach', 'epoch_changed', 'expired', 'ahead_of_log', 'too_far_behind'],
}

const COUNTS = [1, 2, 21] as const

type Said = Readonly<Record<string, string>>

/** All that a language says, by path; what takes arguments, with arguments that can be found again. */
function everything(part: unknown, path = ''): Said {
  if (typeof part === 'string') return { [path]: part }
  if (typeof part === 'function') return spoken(part as (...told: unknown[]) => string, path)
  return Object.assign(
    {},
    ...Object.entries(part as object).map(([key, each]) => everything(each, path ? `${path}.${key}` : key)),
  )
}

function spoken(say: (...told: unknown[]) => string, path: string): Said {
  const codes = CODES[path] ?? ['‹b›']
  const ways = [...COUNTS, '‹a›'].flatMap((first) => codes.map((code) => [first, code, '‹c›', '‹d›']))
  return Object.fromEntries(
    ways.map((told) => [`${path}(${told.slice(0, say.length).join()})`, say(...told)]),
  )
}

/** What was told and is found again, in any order. */
function placeholders(text: string): string[] {
  return (text.match(/‹[a-d]›|\d+/g) ?? []).toSorted()
}

async function saidIn(language: (typeof LANGUAGES)[number]): Promise<Said> {
  return everything((await wordsOf(language)) satisfies Words)
}

describe.each(LANGUAGES)('in %s', (language) => {
  it('the same things are said as in English, and none is empty', async () => {
    const [said, english] = [await saidIn(language), await saidIn('en')]
    expect(Object.keys(said)).toEqual(Object.keys(english))
    const blank = Object.keys(said).filter(
      (path) => said[path]!.trim() === '' || said[path] !== said[path]!.trim(),
    )
    expect(blank).toEqual([])
  })

  it('every word that is told something passes it on', async () => {
    const [said, english] = [await saidIn(language), await saidIn('en')]
    const lost = Object.keys(english).filter(
      (path) => `${placeholders(said[path]!)}` !== `${placeholders(english[path]!)}`,
    )
    expect(lost.map((path) => [path, said[path]])).toEqual([])
  })

  it.skipIf(language === 'en')('no word is left in English', async () => {
    const [said, english] = [await saidIn(language), await saidIn('en')]
    const same = Object.keys(english).filter(
      (path) => said[path] === english[path] && /\p{L}{3}/u.test(said[path]!),
    )
    const allowed = SAME_AS_ENGLISH[language] ?? []
    const left = same.filter((path) => !allowed.includes(said[path]!) && !NOT_YET.test(path))
    expect(left.map((path) => [path, said[path]])).toEqual([])
  })
})
