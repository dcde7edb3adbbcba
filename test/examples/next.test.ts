import { fileURLToPath } from 'node:url'
import { describeExample } from './describe-example.ts'

const server = fileURLToPath(new URL('next-server.ts', import.meta.url))

// Without Next, whose part of this is small and whose installation is not.
describeExample('next', {
  files: ['lib/auth.ts', 'app/sign-in/route.ts', 'app/two-factor/[...path]/route.ts', 'app/me/route.ts'],
  without: ['next', 'react', 'react-dom'],
  command: ['node', '--env-file=.env', '--import', import.meta.resolve('tsx'), server],
})
