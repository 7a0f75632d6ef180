const VENDOR_JSON = 'application/vnd.things.com+json; version=2'

function answer(schema: unknown): unknown {
  return { content: { [VENDOR_JSON]: { schema } } }
}

const REFUSED = { content: { 'application/json': { schema: { $ref: '#/components/schemas/Refusal' } } } }

/**
 * A small API description the way other vendors write theirs: JSON, answers by status, a media type of their own, one
 * sign-in for all, refusals described, records of which a reader may ask for some fields only.
 */
export const MINI_JSON_DOCUMENT = {
  openapi: '3.0.1',
  security: [{ basic: [] }],
  paths: {
    '/things': {
      parameters: [],
      get: {
        parameters: [{ name: 'fields', in: 'query', schema: { type: 'string' } }],
        responses: {
          200: answer({ type: 'array', items: { $ref: '#/components/schemas/Small.Thing' } }),
          401: REFUSED,
          429: { ...REFUSED, headers: { 'Retry-After': { schema: { type: 'integer' } } } },
        },
      },
      post: {
        requestBody: {
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Small.Thing' } } },
        },
        responses: { 201: answer({ type: 'integer', format: 'int32' }) },
      },
    },
    '/things/{id}': {
      delete: { responses: { 202: { description: 'later' }, 204: { description: 'gone' } } },
    },
  },
  components: {
    securitySchemes: { basic: { type: 'http', scheme: 'basic' } },
    schemas: {
      'Small.Thing': {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string' }, count: { type: 'number', format: 'double', nullable: true } },
      },
      Refusal: {
        type: 'object',
        required: ['code'],
        properties: { code: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
}
