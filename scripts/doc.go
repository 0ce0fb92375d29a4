// Package scripts holds nothing itself: its folders are the small programs and
// shell scripts that GoAuth's Makefile runs. See README.md for a line on each.
package scripts
