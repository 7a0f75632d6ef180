import { defineConfig } from 'prisma/config'

/** Found here by Prisma itself; paths are relative to this file. The address is asked for and never used. */
export default defineConfig({
  schema: '../prisma/schema.prisma',
  migrations: { path: '../prisma/migrations' },
  datasource: { url: 'postgresql://unset@127.0.0.1:5432/unset' },
})
