/** A refusal in the service's words: most are 500 with a list of texts, business rules too. */
export class Refusal extends Error {
  readonly status: number
  readonly errors: readonly string[]

  constructor(errors: string | readonly string[], status = 500) {
    const texts = typeof errors === 'string' ? [errors] : errors
    super(texts.join(' '))
    this.name = 'Refusal'
    this.status = status
    this.errors = texts
  }
}

export const NOT_FOUND = 404
