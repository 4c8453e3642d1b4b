/** The language the screen speaks; components read `speech.words`, so that switching needs no reload. */
import { firstLanguage, LANGUAGES, wordsOf, type Language, type Words } from './words'

const KEPT_AS = 'msa.language'

class Speech {
  language = $state<Language>('en')
  #words = $state.raw<Words>()
  #asked: Language | null = null

  get words(): Words {
    if (!this.#words) throw new Error('no language is spoken yet')
    return this.#words
  }

  /** Speak the language that was chosen on this workstation, else one that the browser prefers. */
  async begin(): Promise<void> {
    await this.speak(firstLanguage(localStorage.getItem(KEPT_AS), navigator.languages))
  }

  /** Choose a language for this workstation; where its words cannot be had, the one before goes on. */
  async choose(language: Language): Promise<void> {
    try {
      await this.speak(language)
      if (this.language === language) localStorage.setItem(KEPT_AS, language)
    } catch {
      // Its chunk is not here and there is no link: what is spoken is still right.
    }
  }

  /** Speak a language once its words are here, unless another was asked for in between. */
  async speak(language: Language): Promise<void> {
    this.#asked = language
    const words = await wordsOf(language)
    if (this.#asked !== language) return
    this.#words = words
    this.language = language
  }

  /** Fetch the other languages, so that choosing one needs no link. */
  async learn(): Promise<void> {
    await Promise.allSettled(LANGUAGES.map(wordsOf))
  }
}

export const speech = new Speech()
