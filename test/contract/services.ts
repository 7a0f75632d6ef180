/** A vendor's API that the product speaks, and what a run of recordings has to show of it. */
export interface Service {
  /** The vendor's interface description, a file in the folder `--specs` names: YAML, or JSON when its name ends so. */
  readonly document: string
  /** Operations that must have been answered, else the run proves nothing about them: "GET /orders/{id}". */
  readonly required: readonly string[]
}

/** Every API the recordings may be of. README.md says how to add one. */
export const SERVICES = {
  ingram: {
    document: 'ingram-simpleapi-1.15.openapi.yaml',
    required: [
      'POST /token',
      'GET /customers',
      'GET /subscriptions',
      'GET /subscriptions/{id}',
      'GET /orders',
      'GET /orders/{id}',
    ],
  },
  connectwise: {
    document: 'connectwise-psa.strict.json',
    required: [
      'GET /system/info',
      'GET /company/companies',
      'GET /finance/agreements',
      'GET /finance/agreements/{id}',
      'GET /finance/agreements/{parentId}/additions',
      'POST /finance/agreements/{parentId}/additions',
      'GET /finance/agreements/{parentId}/additions/{id}',
      'PATCH /finance/agreements/{parentId}/additions/{id}',
      'GET /procurement/catalog',
      'GET /finance/invoices',
    ],
  },
  autotask: {
    document: 'autotask-psa.strict.json',
    required: [
      'GET /V1.0/ThresholdInformation',
      'GET /V1.0/ContractCharges/entityInformation/fields',
      'POST /V1.0/Companies/query',
      'POST /V1.0/Contracts/query',
      'GET /V1.0/Contracts/{id}',
      'PATCH /V1.0/Contracts',
      'POST /V1.0/Services/query',
      'POST /V1.0/ContractServices/query',
      'POST /V1.0/Contracts/{parentId}/Services',
      'PATCH /V1.0/Contracts/{parentId}/Services',
      'POST /V1.0/ContractServiceUnits/query',
      'POST /V1.0/ContractServiceAdjustments',
      'POST /V1.0/Contracts/{parentId}/ServiceAdjustments',
      'POST /V1.0/ContractCharges/query',
      'POST /V1.0/Contracts/{parentId}/Charges',
      'GET /V1.0/Contracts/{parentId}/Charges/{id}',
      'PATCH /V1.0/Contracts/{parentId}/Charges',
      'DELETE /V1.0/Contracts/{parentId}/Charges/{id}',
      'POST /V1.0/BillingItems/query',
      'POST /V1.0/Invoices/query',
    ],
  },
} as const satisfies Readonly<Record<string, Service>>

export type ServiceName = keyof typeof SERVICES
