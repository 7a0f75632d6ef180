/** Runs once before the suites on a server: without one they would all fail one by one, each in its own words. */
export default function requireServer(): void {
  if (process.env['TEST_DATABASE_URL'] !== undefined) return
  throw new Error(
    'TEST_DATABASE_URL is not set. Name a PostgreSQL server and a superuser of it (the tests create databases), such as ' +
      'postgresql://user:password@127.0.0.1:5432/postgres. Nothing was tested.',
  )
}
