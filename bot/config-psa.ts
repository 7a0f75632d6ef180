/** How to reach ConnectWise PSA: what an API member of it is given. */
export interface ConnectWiseConfig {
  /** The address of the API's host: "https://api-na.myconnectwise.net". */
  readonly site: string
  readonly companyId: string
  readonly publicKey: string
  readonly privateKey: string
  readonly clientId: string
}

/** How to reach Autotask PSA: what an API user of it is given. */
export interface AutotaskConfig {
  /** Where the zone of a user is asked for. */
  readonly zoneUrl: string
  readonly userName: string
  readonly secret: string
  readonly integrationCode: string
}

/** Where the vendor says in which of its zones a user's data is. */
const AUTOTASK_ZONE_URL = 'https://webservices.autotask.net/ATServicesRest'

/** The lines of .env of each PSA; one is configured whole or not at all. */
export const PSA_SETTINGS = {
  CONNECTWISE: [
    'CONNECTWISE_SITE',
    'CONNECTWISE_COMPANY',
    'CONNECTWISE_PUBLIC_KEY',
    'CONNECTWISE_PRIVATE_KEY',
    'CONNECTWISE_CLIENT_ID',
  ],
  AUTOTASK: ['AUTOTASK_USERNAME', 'AUTOTASK_SECRET', 'AUTOTASK_INTEGRATION_CODE'],
} as const

type Setting = (typeof PSA_SETTINGS)[keyof typeof PSA_SETTINGS][number] | 'AUTOTASK_ZONE_URL'
type Values = Readonly<Partial<Record<Setting, string | undefined>>>

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

/** undefined: Autotask is not used. */
export function autotaskOf({
  AUTOTASK_ZONE_URL: zoneUrl = AUTOTASK_ZONE_URL,
  AUTOTASK_USERNAME: userName,
  AUTOTASK_SECRET: secret,
  AUTOTASK_INTEGRATION_CODE: integrationCode,
}: Values): AutotaskConfig | undefined {
  if (userName === undefined || secret === undefined || integrationCode === undefined) return undefined
  return { zoneUrl, userName, secret, integrationCode }
}

/** Whether keys may travel to an address: https, or this machine itself; nothing in it but host and path. */
export function isPsaAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, password, search, hash } = new URL(text)
  if ([username, password, search, hash].some((part) => part !== '')) return false
  const isHere = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
  return protocol === 'https:' || (protocol === 'http:' && isHere)
}
