/** A small schema of Slack manifests: it knows what the real one is asked for when manifests are broken on purpose. */
export const MINI_MANIFEST_SCHEMA = {
  type: 'object',
  required: ['display_information'],
  additionalProperties: false,
  properties: {
    display_information: {
      type: 'object',
      required: ['name'],
      properties: { name: { type: 'string', maxLength: 35 } },
    },
    features: {},
    oauth_config: {},
    settings: {},
  },
}
