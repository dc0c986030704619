import { testPromises } from "./support/promises";

testPromises(1);
