// A program outside the repository, as far as the go command is concerned:
// make verify copies it, gets the module, and lists what came along.
module example.com/consumer

go 1.26.0
