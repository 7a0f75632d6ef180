/** One fault in a request, in the vendor's words. */
export interface FieldFault {
  readonly code: string
  readonly message: string
  readonly resource: string
  readonly field: string
}

/** A request the vendor would refuse. Its body: `{ code, message, errors }`. */
export class Refusal extends Error {
  readonly status: number
  readonly code: string
  readonly errors: readonly FieldFault[]

  constructor(status: number, code: string, message: string, errors: readonly FieldFault[] = []) {
    super(message)
    this.status = status
    this.code = code
    this.errors = errors
  }

  get body(): unknown {
    return { code: this.code, message: this.message, errors: this.errors }
  }
}

export function badRequest(message: string): Refusal {
  return new Refusal(400, 'InvalidRequest', message)
}

export function notFound(what: string, id: number | string): Refusal {
  return new Refusal(404, 'NotFound', `${what} ${id} not found`)
}

/** An object with one wrong field. */
export function invalid(resource: string, field: string, message: string, code = 'InvalidField'): Refusal {
  return new Refusal(400, 'InvalidObject', `${resource} object is invalid`, [
    { code, message, resource, field },
  ])
}
