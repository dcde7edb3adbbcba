import { join } from 'node:path'
import { expectOutput, inProject, npmInstall } from '../project.mjs'

/** From an empty project to a user who was moved in: what the page on the command line shows. */
const commandLine = {
  name: 'command line: init, migrate, import, status and export in a new project',
  quick: true,
  run: ({ countersign }) =>
    inProject(
      {
        manifest: { dependencies: { countersign, '@libsql/client': '0.18.0' } },
        files: { 'users.jsonl': `${JSON.stringify({ id: 'ann', secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' })}\n` },
      },
      async (project) => {
        await npmInstall(project)
        const npx = (...args) => project.run(join(project.folder, 'node_modules/.bin/countersign'), args)
        expectOutput(await npx('--version'), '.')
        const asked = ['--database', 'libsql', '--framework', 'hono', '--issuer', 'Acme']
        expectOutput(await npx('init', ...asked), "app.all('/two-factor/*'")
        expectOutput(await npx('migrate'), 'The tables exist.')
        expectOutput(await npx('import', '--from', 'otplib', 'users.jsonl'), '1 imported')
        expectOutput(await npx('status', 'ann', '--json'), '"enabled":true')
        const staff = ['--by', 'sam', '--note', 'a check']
        expectOutput(await npx('export', 'ann', ...staff, '--show-secrets'), 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
        expectOutput(await npx('doctor'), 'key')
      },
    ),
}

export const commands = [commandLine]
