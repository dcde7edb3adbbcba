import { describeExample } from './describe-example.ts'

describeExample('hono', { files: ['server.js'] })
