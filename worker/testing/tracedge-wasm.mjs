/** @file Stands in for the built module. */

export { module as default } from "./go.mjs";
