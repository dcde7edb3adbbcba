// npm run api: writes down what each subpath of the built package exports, types and all, in test/package/api.
// With --check it compares instead, so that no change of the public API goes unseen.
import { mkdirSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor'

const root = fileURLToPath(new URL('../..', import.meta.url))
const reportFolder = fileURLToPath(new URL('api', import.meta.url))
const localBuild = !process.argv.includes('--check')

mkdirSync(reportFolder, { recursive: true })
const entries = readdirSync(`${root}dist`, { recursive: true, encoding: 'utf8' }).filter(
  (path) => path === 'index.d.ts' || /^[\w-]+\/[\w-]+\.d\.ts$/.test(path),
)
const changed = entries.sort().filter((entry) => !report(entry))
if (changed.length > 0) {
  console.error(`The public API changed: ${changed.join(', ')}. If that is meant, run: npm run api`)
  process.exitCode = 1
} else {
  console.log(`${entries.length} API reports ${localBuild ? 'written' : 'are as they were'}`)
}

/** True if the report is as it was, or was written anew. */
function report(entry) {
  const name = entry.replace(/(^|\/)index\.d\.ts$|\.d\.ts$/, '').replaceAll('/', '-') || 'countersign'
  const extractorConfig = ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: `${root}package.json`,
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: `${root}dist/${entry}`,
      compiler: { tsconfigFilePath: `${root}tsconfig.json` },
      apiReport: { enabled: true, reportFolder, reportTempFolder: tmpdir(), reportFileName: `${name}.api.md` },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: 'error' } },
        extractorMessageReporting: { default: { logLevel: 'none' } },
        tsdocMessageReporting: { default: { logLevel: 'none' } },
      },
    },
  })
  const result = Extractor.invoke(extractorConfig, {
    localBuild,
    messageCallback: (message) => (message.handled = true),
  })
  return localBuild || !result.apiReportChanged
}
