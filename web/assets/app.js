// Every page works without this; here it becomes quicker under the hands.
import "./money.js";
import "./forms.js";
import "./bench.js";
import "./keys.js";
import "./grid.js";
import "./sum.js";
