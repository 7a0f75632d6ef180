/** A small API description in the vendor's format, to try the check itself on: every feature the check knows. */
export const MINI_DOCUMENT = `
openapi: 3.0.1
info: { title: Things, version: '1' }
paths:
  /token:
    post:
      parameters: [{ name: X-Subscription-Key, in: header, required: true, schema: { type: string } }]
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Asked' } } } }
      responses: { default: { headers: &headers { X-Correlation-ID: { schema: { type: string } } }, content: { application/json: { schema: { $ref: '#/components/schemas/Issued' } } } } }
      security: [{ BasicAuth: [] }]
  /things:
    get:
      parameters:
        - { name: X-Subscription-Key, in: header, required: true, schema: { type: string } }
        - { name: limit, in: query, schema: { type: integer, minimum: 1 } }
        - { name: since, in: query, schema: { type: string, format: date-time } }
      responses: { default: { headers: *headers, content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/Thing' } } } } } }
      security: [{ BearerAuth: [] }]
  /things/{id}:
    get:
      parameters: [{ name: id, in: path, required: true, schema: { type: string, format: uuid } }]
      responses: { default: { headers: *headers, content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } } } }
      security: [{ BearerAuth: [] }]
  /things/estimate:
    get:
      responses: { default: { content: { application/json: { schema: { $ref: '#/components/schemas/Base' } } } } }
      security: [{ BearerAuth: [] }]
components:
  securitySchemes: { BasicAuth: { type: http, scheme: basic }, BearerAuth: { type: http, scheme: bearer } }
  schemas:
    Asked: { type: object, required: [marketplace, secret], properties: { marketplace: { type: string }, secret: { type: string, readOnly: true } } }
    Issued: { type: object, required: [token], properties: { token: { type: string, readOnly: true } } }
    Base: { type: object, required: [name], properties: { name: { type: string } } }
    Hidden: { type: object, writeOnly: true, properties: { pin: { type: string } } }
    Thing:
      required: [name]
      allOf:
        - { $ref: '#/components/schemas/Base' }
        - type: object
          properties:
            madeOn: { type: string, format: date }
            quantity: { type: integer }
            kind: { type: string, enum: [big, small] }
            value: { type: object, example: any text }
            labels: { type: object, additionalProperties: { type: string } }
            hidden: { $ref: '#/components/schemas/Hidden' }
            order: { type: string, writeOnly: true }
`
