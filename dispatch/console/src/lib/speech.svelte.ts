/** The language the screen speaks; components read `speech.words`, so that switching needs no reload. */
import { firstLanguage, LANGUAGES, wordsOf, type Language, type Words } from './words'

const KEPT_AS = 'msa.language'

class Speech {
  language = $state<Language>('en')
  #words = $state.raw<Words>()

  get words(): Words {
    if (!this.#words) throw new Error('no language is spoken yet')
    return this.#words
  }

  /** Speak the language that was chosen on this workstation, else one that the browser prefers. */
  async begin(): Promise<void> {
    await this.speak(firstLanguage(localStorage.getItem(KEPT_AS), navigator.languages))
  }

  /** Choose a language for this workstation. */
  async choose(language: Language): Promise<void> {
    await this.speak(language)
    localStorage.setItem(KEPT_AS, language)
  }

  /** Speak a language once its words are here; until then, or where they cannot be had, the one before. */
  async speak(language: Language): Promise<void> {
    this.#words = await wordsOf(language)
    this.language = language
  }

  /** Fetch the other languages, so that choosing one needs no link. */
  async learn(): Promise<void> {
    await Promise.allSettled(LANGUAGES.map(wordsOf))
  }
}

export const speech = new Speech()
