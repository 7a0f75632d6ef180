/** How to reach ConnectWise PSA: what an API member of it is given. */
export interface ConnectWiseConfig {
  /** The address of the API's host: "https://api-na.myconnectwise.net". */
  readonly site: string
  readonly companyId: string
  readonly publicKey: string
  readonly privateKey: string
  readonly clientId: string
}

/** The lines of .env of each PSA; one is configured whole or not at all. */
export const PSA_SETTINGS = {
  CONNECTWISE: [
    'CONNECTWISE_SITE',
    'CONNECTWISE_COMPANY',
    'CONNECTWISE_PUBLIC_KEY',
    'CONNECTWISE_PRIVATE_KEY',
    'CONNECTWISE_CLIENT_ID',
  ],
} as const

type Values = Readonly<Partial<Record<(typeof PSA_SETTINGS.CONNECTWISE)[number], string | undefined>>>

/** undefined: ConnectWise is not used. */
export function connectWiseOf({
  CONNECTWISE_SITE: site,
  CONNECTWISE_COMPANY: companyId,
  CONNECTWISE_PUBLIC_KEY: publicKey,
  CONNECTWISE_PRIVATE_KEY: privateKey,
  CONNECTWISE_CLIENT_ID: clientId,
}: Values): ConnectWiseConfig | undefined {
  if (site === undefined || companyId === undefined || clientId === undefined) return undefined
  if (publicKey === undefined || privateKey === undefined) return undefined
  return { site, companyId, publicKey, privateKey, clientId }
}

/** Whether keys may travel to an address: https, or this machine itself; nothing in it but host and path. */
export function isPsaAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, password, search, hash } = new URL(text)
  if ([username, password, search, hash].some((part) => part !== '')) return false
  const isHere = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
  return protocol === 'https:' || (protocol === 'http:' && isHere)
}
