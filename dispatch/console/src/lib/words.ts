/**
 * The languages of the screen. Each is a chunk of its own, fetched when it is first spoken; the others are
 * fetched soon after signing in, so that switching needs neither a reload nor a link.
 */
import type { Words } from './words/shape'

export type { Flag, Leg, Words } from './words/shape'

export const LANGUAGES = ['nl', 'fr', 'de', 'en'] as const
export type Language = (typeof LANGUAGES)[number]

const CHUNKS: Record<Language, () => Promise<{ readonly words: Words }>> = {
  nl: () => import('./words/nl'),
  fr: () => import('./words/fr'),
  de: () => import('./words/de'),
  en: () => import('./words/en'),
}

/** What a language is called in itself. */
export const OWN_NAME: Record<Language, string> = {
  nl: 'Nederlands',
  fr: 'Français',
  de: 'Deutsch',
  en: 'English',
}

export async function wordsOf(language: Language): Promise<Words> {
  return (await CHUNKS[language]()).words
}

/** The language to begin with: the one chosen here before, else the first of the browser's that there is. */
export function firstLanguage(chosen: string | null, preferred: readonly string[]): Language {
  const wanted = [chosen, ...preferred].map((tag) => tag?.slice(0, 2).toLowerCase())
  return wanted.flatMap((tag) => LANGUAGES.find((language) => language === tag) ?? [])[0] ?? 'nl'
}
