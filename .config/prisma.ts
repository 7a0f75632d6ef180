import { defineConfig } from 'prisma/config'

/** Found here by Prisma itself; paths are relative to this file. The address is only asked for by commands we never run. */
export default defineConfig({
  schema: '../prisma/schema.prisma',
  migrations: { path: '../prisma/migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? 'postgresql://unset@127.0.0.1:5432/unset' },
})
