/** The words of the case teams' pages, in the language that is spoken; a console never fetches them. */
import { speech } from '../speech.svelte'
import type { Language } from '../words'
import type { CaseworkWords } from './words/shape'

const CHUNKS: Record<Language, () => Promise<{ readonly words: CaseworkWords }>> = {
  nl: () => import('./words/nl'),
  fr: () => import('./words/fr'),
  de: () => import('./words/de'),
  en: () => import('./words/en'),
}

export async function caseworkWordsOf(language: Language): Promise<CaseworkWords> {
  return (await CHUNKS[language]()).words
}

class CaseworkSpeech {
  #words = $state.raw<CaseworkWords>()

  get words(): CaseworkWords {
    if (!this.#words) throw new Error('no language is spoken yet')
    return this.#words
  }

  /** Follow the language of the page; what cannot be fetched leaves the one before. */
  async follow(): Promise<void> {
    const language = speech.language
    const words = await caseworkWordsOf(language)
    if (language === speech.language) this.#words = words
  }

  get ready(): boolean {
    return this.#words !== undefined
  }
}

export const casework = new CaseworkSpeech()
