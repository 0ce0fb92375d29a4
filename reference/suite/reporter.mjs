// Writes what every case did to the JSON file SUITE_OUT, for the program that keeps the ledger.
import fs from "node:fs";
import path from "node:path";

const MAX_ERROR = 600;

const plainText = (text) => text.replace(/\u001b\[[0-9;]*m/g, "").slice(0, MAX_ERROR);

export default class LedgerReporter {
	onTestRunEnd(modules, unhandledErrors) {
		const packages = path.join(path.resolve(process.env.SUITE_UPSTREAM), "packages");
		const files = modules.map((module) => describeFile(module, packages));
		files.sort((a, b) => (a.file < b.file ? -1 : 1));
		const unhandled = unhandledErrors.map((error) => plainText(String(error.stack ?? error.message)));
		fs.writeFileSync(process.env.SUITE_OUT, JSON.stringify({ files, unhandled }, null, "\t"));
	}
}

function describeFile(module, packages) {
	return {
		file: path.relative(packages, module.moduleId),
		errors: module.errors().map((error) => plainText(error.message)),
		cases: [...module.children.allTests()].map(describeCase),
	};
}

function describeCase(testCase) {
	const { state, errors = [] } = testCase.result();
	const { requests = 0, problems = [] } = testCase.meta().traffic ?? {};
	return {
		line: testCase.location.line,
		name: testCase.fullName,
		state,
		requests,
		ms: Math.round(testCase.diagnostic()?.duration ?? 0),
		errors: errors.map((error) => plainText(error.message)),
		problems: problems.map(plainText),
	};
}
