// The page about tests of the reader's own.

declare const test: (name: string, run: (...given: any[]) => unknown) => void, it: typeof test
declare const beforeEach: (run: () => unknown) => void
declare const cy: any
declare const github: any,
  magicLinks: any,
  rememberMe: any,
  resetPassword: (userId: string) => any,
  smtp: any,
  headers: any
