// Stands in for the CDK's command line where a test needs a template that the
// CDK would never write: it puts the files beside it into --output.
const fs = require("fs"), path = require("path");
const out = process.argv[process.argv.indexOf("--output") + 1];
for (const name of ["manifest.json", "registry.template.json", "stack.template.json"]) {
  fs.copyFileSync(path.join(__dirname, name), path.join(out, name));
}
