/** A rule about blocks that are not run in test/code-blocks.test.ts: where they are, or why they are nowhere. */
export type Rule = { pages: RegExp; language?: RegExp; text?: RegExp } & ({ by: string } | { because: string })

/** The first that fits holds. A test that is named must name the page, or the folder that it is in. */
export const RULES: readonly Rule[] = [
  { pages: /^README\.md$/, text: /console\.log\(.+\/\/ /, by: 'test/docs.test.ts' },
  {
    pages: /^docs\/writing-a-store\.md$/,
    text: /^const store: UserStore|^ALTER TABLE users/m,
    by: 'test/docs.test.ts',
  },
  {
    pages: /^docs\/writing-a-store\.md$/,
    text: /^import .*'(vitest|node:test)'/m,
    by: 'test/testing/user-store-runners.test.ts',
  },
  {
    pages: /^docs\/recipes\/(knex|typeorm|sequelize|mikro-orm)\.md$/,
    text: /SqlDriver \{/,
    by: 'test/stores/sql/recipes.test.ts',
  },
  { pages: /^docs\/recipes\/mongodb\.md$/, because: 'no MongoDB server can be installed where the tests run' },
  { pages: /^docs\/migrating/, language: /^js$/, text: /^\/\/ [\w.-]+\.js$/m, by: 'test/migrating/pages.test.ts' },
  { pages: /^docs\/migrating\//, language: /^sh$/, text: /psql/, by: 'test/migrating/pages.test.ts' },
  {
    pages: /^docs\/migrating\/(better-auth|django-otp|aspnet-identity|keycloak)/,
    text: /^await moving\.move/,
    by: 'test/migrating/pages.test.ts',
  },
  { pages: /^docs\/operating\.md$/, language: /^js$/, text: /^\/\/ [\w.-]+\.js$/m, by: 'test/operating.test.ts' },
  { pages: /^docs\/operating\.md$/, language: /^(haproxy|nginx|caddyfile)$/, by: 'test/http/proxies.test.ts' },
  {
    pages: /^docs\/testing\.md$/,
    language: /^js$/,
    text: /^\/\/ [\w.-]+\.js$/m,
    by: 'test/end-to-end/playwright.test.ts',
  },
  { pages: /^docs\/testing\.md$/, text: /cypress|cy\./, by: 'test/cypress/cypress.test.ts' },
  { pages: /^docs\/tokens\.md$/, language: /^python$/, by: 'test/tokens/docs.test.ts' },
  { pages: /^docs\/tokens\.md$/, text: /authorization/i, by: 'test/tokens/docs.test.ts' },
  { pages: /^examples\/dashboard\/README\.md$/, language: /^bash$/, by: 'test/dashboard/api.test.ts' },
  { pages: /./, language: /^(json|css)$/, because: 'data or styles: they are parsed' },
  { pages: /^docs\/verification\.md$/, language: /^$/, because: 'what a command printed' },
  { pages: /./, language: /^$/, because: 'a drawing, a message or a header, not a program' },
  { pages: /./, language: /^(php|python|sql)$/, because: 'the program of another language or server' },
  {
    pages: /^(README|docs\/|site\/)/,
    language: /^(sh|bash)$/,
    because: 'a shell command: its script or subcommand is looked up',
  },
  { pages: /^examples\//, language: /^(sh|bash)$/, because: 'curl against an example: tests send the same requests' },
  {
    pages: /^README\.md$/,
    language: /^html$/,
    because: 'needs a browser: the elements are run by test/elements',
  },
  {
    pages: /^docs\/elements\.md$|^site\/content\/components\.md$/,
    because: 'needs a browser: the elements are run by test/elements',
  },
]
