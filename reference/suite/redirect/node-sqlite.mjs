// Stands in for node:sqlite in upstream's sources.
import { DatabaseSync } from "../bridge/sqlite.mjs";

const sqlite = process.getBuiltinModule("node:sqlite");
export const { StatementSync, constants } = sqlite;
export { DatabaseSync };
export default { ...sqlite, DatabaseSync };
