/** The language the screen speaks; components read `speech.words`, so that switching needs no reload. */
import { LANGUAGES, type Language, type Words } from './words'

class Speech {
  language = $state<Language>('en')

  get words(): Words {
    return LANGUAGES[this.language]
  }
}

export const speech = new Speech()
