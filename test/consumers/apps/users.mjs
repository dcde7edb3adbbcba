/** What the test and the applications share: users, their password and authenticator, and the address of the pages. */
export const USERS = ['ann', 'bob', 'cleo', 'dan']
export const PASSWORD = 'correct horse battery staple'
export const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
export const ORIGIN = 'https://app.example.com'
