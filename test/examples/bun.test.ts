import { describeExample } from './describe-example.ts'

describeExample('bun', { files: ['server.ts'], program: 'bun' })
