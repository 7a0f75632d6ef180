/** How a request was answered. */
export interface Sent {
  readonly status: number
  readonly body: string
}

/** A signed request, to be sent as it is, again, or changed first. */
export interface SignedRequest {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}
