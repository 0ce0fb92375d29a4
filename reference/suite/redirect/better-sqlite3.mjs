// Stands in for better-sqlite3, whose binary need not be there: node:sqlite does what the tests use of it.
export { DatabaseSync as default } from "../bridge/sqlite.mjs";
