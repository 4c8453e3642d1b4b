import { afterEach, beforeEach, expect, it } from 'vitest'
import { speech } from './speech.svelte'
import { Teller } from './teller.svelte'
import { firstLanguage } from './words'

beforeEach(() => localStorage.clear())
afterEach(() => speech.speak('en'))

it('a language is chosen for the workstation, and spoken there from then on', async () => {
  await speech.choose('fr')
  expect(speech.words.banner.title).toBe('Alarme harcèlement')
  await speech.speak('en')
  await speech.begin()
  expect(speech.language).toBe('fr')
})

it('of two that are asked for at once the later is spoken, whichever comes first', async () => {
  await Promise.all([speech.choose('nl'), speech.choose('de')])
  expect(speech.words.locale).toBe('de-BE')
  expect(localStorage.getItem('msa.language')).toBe('de')
})

it('the first language is the one chosen here, else the browser’s first that there is, else Dutch', () => {
  expect(firstLanguage('de', ['fr-BE'])).toBe('de')
  expect(firstLanguage(null, ['es', 'fr-BE', 'nl'])).toBe('fr')
  expect(firstLanguage('tlh', [])).toBe('nl')
})

it('news that stands on the screen is said in the language that is chosen after it', async () => {
  const teller = new Teller()
  teller.say((words) => words.news.pressedAgain(null), true)
  await speech.speak('fr')
  expect(teller.news?.text).toBe('La victime a de nouveau appuyé.')
  expect(teller.news?.urgent).toBe(true)
})

it('nothing to say is no news', () => {
  const teller = new Teller()
  teller.say(() => null)
  expect(teller.news).toBeNull()
})
