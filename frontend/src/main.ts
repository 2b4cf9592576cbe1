/** The one script of the product. Every page works without it; it only makes waiting and typing shorter. */
import './styles/tokens.css'
import './styles/base.css'
import './styles/frame.css'
import './styles/pieces.css'
import './styles/forms.css'
import './styles/ledger.css'
import './styles/listing.css'
import './styles/problem.css'
import './styles/exchange.css'
import './styles/requests.css'
import './styles/acting.css'
import './styles/admin.css'
import './styles/people.css'
import './styles/setting-up.css'
import './styles/sheets.css'
import './styles/papers.css'
import './styles/imports.css'
import './styles/figures.css'
import './styles/narrow.css'

import htmx from 'htmx.org'

import { watchDrafts } from './islands/drafts'
import { watchErrors } from './islands/errors'
import { watchFiles } from './islands/files'
import { watchKeys } from './islands/keys'
import { watchMenus } from './islands/menus'
import { watchPhrases } from './islands/phrases'
import { watchNarrowing } from './islands/narrow'
import { watchPrint } from './islands/print'
import { watchSelection } from './islands/selection'

// The page forbids inline style and eval (CSP); htmx is told the same in the page's meta tag, this is for parts it loads.
htmx.config.includeIndicatorStyles = false
htmx.config.allowEval = false
htmx.config.selfRequestsOnly = true
htmx.config.scrollBehavior = 'auto'

watchMenus(document)
watchKeys(document)
watchSelection(document)
watchNarrowing(document)
watchDrafts(document)
watchErrors(document)
watchFiles(document)
watchPhrases(document)
watchPrint(document)
