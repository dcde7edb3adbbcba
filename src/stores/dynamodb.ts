import type { StoreChange, UserStore } from '../engine/store.ts'
import { checkOptionNames, groupOption } from '../options/groups.ts'
import { invalidOption } from '../options/invalid-option.ts'
import { checkedLimit } from './answers/page-of-all.ts'
import { readJson } from './answers/read-json.ts'
import { storeInvalid } from './answers/store-invalid.ts'
import { type ClientNeeds, checkClient } from './clients/client.ts'

/** Where the records are. */
export interface DynamodbOptions {
  /** The name of the table, or its ARN. Default `two_factor`. */
  table?: string | undefined
}

/** The part of @aws-sdk/lib-dynamodb's `DynamoDBDocument` that is used. */
export interface DynamodbDocument {
  get(input: DynamodbGet): Promise<{ Item?: Record<string, unknown> | undefined }>
  put(input: DynamodbPut): Promise<unknown>
  delete(input: DynamodbDelete): Promise<unknown>
  scan?(input: DynamodbScan): Promise<{
    Items?: Record<string, unknown>[] | undefined
    LastEvaluatedKey?: Record<string, unknown> | undefined
  }>
}

/** Input of Scan. */
export interface DynamodbScan {
  TableName: string
  Limit: number
  ConsistentRead: true
  ProjectionExpression: 'userId'
  ExclusiveStartKey?: { userId: string }
}

/** Input of GetItem. */
export interface DynamodbGet {
  TableName: string
  Key: { userId: string }
  ConsistentRead: true
}

/** Input of PutItem. */
export interface DynamodbPut extends DynamodbCondition {
  TableName: string
  Item: { userId: string; version: string; record: string; enabledAtMs?: number }
}

/** Input of DeleteItem. */
export interface DynamodbDelete extends DynamodbCondition {
  TableName: string
  Key: { userId: string }
}

/** What must hold for a write. */
export interface DynamodbCondition {
  ConditionExpression: string
  ExpressionAttributeNames: Record<string, string>
  ExpressionAttributeValues?: Record<string, string>
}

const TABLE = 'two_factor'
const NAME = /^[\w.:/-]{3,1024}$/
const VERSION = { '#version': 'version' }

const CLIENT: ClientNeeds = {
  pass: 'a DynamoDBDocument, such as DynamoDBDocument.from(new DynamoDBClient())',
  from: 'dynamodb',
  functions: ['get', 'put', 'delete'],
}

/**
 * Stores records in a DynamoDB table: one item per user, with the attributes `userId` (the key), `version`, `record`
 * (JSON text) and `enabledAtMs` (Unix milliseconds; absent if two-factor authentication is off).
 *
 * Reads are strongly consistent. A global table must be strongly consistent (MRSC), or get all its traffic in one
 * region: otherwise two regions could each accept the same code. Give the role GetItem, PutItem and DeleteItem; for
 * `userIds` also Scan.
 *
 * @param options.table Default `two_factor`.
 * @throws CountersignError `invalid_option`
 * @example
 * const documents = DynamoDBDocument.from(new DynamoDBClient())
 * const twoFactor = createTwoFactor({ store: dynamodbStore(documents), … })
 */
export function dynamodbStore(client: DynamodbDocument, options?: DynamodbOptions): UserStore {
  checkOptionNames('dynamodbStore', groupOption('dynamodbStore: options', options), ['table'])
  checkClient('dynamodbStore', client, CLIENT)
  const TableName = tableOption(options)

  return {
    async load(userId) {
      const { Item: item } = await client.get({ TableName, Key: { userId }, ConsistentRead: true })
      if (item === undefined) return null
      const { version, record } = item
      if (typeof version !== 'string') throw storeInvalid('load found an item without a version')
      return { record: readJson(record), version }
    },

    async save(userId, change) {
      try {
        if (change.record === null) await client.delete({ TableName, Key: { userId }, ...isExpected(change) })
        else
          await client.put({
            TableName,
            Item: itemOf(userId, change, JSON.stringify(change.record)),
            ...isExpected(change),
          })
        return true
      } catch (error) {
        if (isRefused(error)) return false
        throw error
      }
    },

    async userIds({ cursor, limit }) {
      if (client.scan === undefined) throw storeInvalid('this client has no function scan, which lists users')
      const { Items: items = [], LastEvaluatedKey: last } = await client.scan({
        TableName,
        Limit: checkedLimit(limit),
        ConsistentRead: true,
        ProjectionExpression: 'userId',
        ...(cursor === undefined ? {} : { ExclusiveStartKey: { userId: cursor } }),
      })
      return { userIds: items.map(readUserId), cursor: last === undefined ? null : readUserId(last) }
    },
  }
}

/**
 * The input of CreateTable for this table, billed per request.
 *
 * @param options.table Default `two_factor`.
 * @throws CountersignError `invalid_option`
 * @example
 * await client.send(new CreateTableCommand(schema()))
 */
export function schema(options?: DynamodbOptions): DynamodbSchema {
  return {
    TableName: tableOption(options),
    AttributeDefinitions: [{ AttributeName: 'userId', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'userId', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  }
}

/** Input of CreateTable. */
export interface DynamodbSchema {
  TableName: string
  AttributeDefinitions: { AttributeName: string; AttributeType: 'S' }[]
  KeySchema: { AttributeName: string; KeyType: 'HASH' }[]
  BillingMode: 'PAY_PER_REQUEST'
}

function itemOf(userId: string, { version, enabledAtMs }: StoreChange, record: string): DynamodbPut['Item'] {
  return { userId, version, record, ...(enabledAtMs === null ? {} : { enabledAtMs }) }
}

/**
 * The SDK repeats a request whose response was lost. Versions are random: if the new one is already stored, this very
 * save wrote it.
 */
function isExpected({ expected, version, record }: StoreChange): DynamodbCondition {
  if (expected === null) {
    return {
      ConditionExpression: 'attribute_not_exists(#version) OR #version = :version',
      ExpressionAttributeNames: VERSION,
      ExpressionAttributeValues: { ':version': version },
    }
  }
  if (record === null) {
    return {
      ConditionExpression: '#version = :expected',
      ExpressionAttributeNames: VERSION,
      ExpressionAttributeValues: { ':expected': expected },
    }
  }
  return {
    ConditionExpression: '#version = :expected OR #version = :version',
    ExpressionAttributeNames: VERSION,
    ExpressionAttributeValues: { ':expected': expected, ':version': version },
  }
}

function readUserId({ userId }: Record<string, unknown>): string {
  if (typeof userId === 'string') return userId
  throw storeInvalid('a scan found an item without a userId')
}

function tableOption({ table = TABLE }: DynamodbOptions = {}): string {
  if (typeof table === 'string' && NAME.test(table)) return table
  throw invalidOption('table', table, "the name or the ARN of a table, such as 'two_factor'")
}

function isRefused(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'name' in error && error.name === 'ConditionalCheckFailedException'
  )
}
