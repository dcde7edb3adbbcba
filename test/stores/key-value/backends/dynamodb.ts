import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb'
import { dynamodbStore } from 'countersign/stores/dynamodb'
import type { OpenStore } from '../../exactly-once/backend.ts'

export function connect(endpoint: string): DynamoDBDocument {
  const credentials = { accessKeyId: 'none', secretAccessKey: 'none' }
  return DynamoDBDocument.from(new DynamoDBClient({ endpoint, region: 'local', credentials }))
}

/** @param target the endpoint */
export async function openStore(target: string): Promise<OpenStore> {
  const documents = connect(target)
  return { store: dynamodbStore(documents), close: () => documents.destroy() }
}
