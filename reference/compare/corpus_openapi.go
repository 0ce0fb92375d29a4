package main

// openAPIScenarios compare what the document names: paths, methods and operations. How it describes them is our own
// (GAP-openapi-001).
func openAPIScenarios() []Scenario {
	return []Scenario{{Name: "open-api/operations", On: []string{fullProfile}, Steps: steps(
		get("/open-api/generate-schema").seen(operations), post("/open-api/generate-schema", nil), get("/open-api/generate-schema/"),
	)}}
}

// operations are the ids of a document's operations by path and method.
func operations(body any) any {
	document, _ := body.(obj)
	paths, _ := document["paths"].(obj)
	out := obj{}
	for path, item := range paths {
		methods, _ := item.(obj)
		for method, operation := range methods {
			described, _ := operation.(obj)
			out[method+" "+path] = described["operationId"]
		}
	}
	return out
}
