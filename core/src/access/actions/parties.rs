//! What can be asked for about accounts, credentials, partners and pools, customers and their credit.
//! Each action stands here once, with the name that is printed and recorded, and its row of the matrix.

macro_rules! rows {
    ($then:ident $($before:tt)*) => { $then! { $($before)* { "Parties"
            OpenAccount = "open_account", PLATFORM_WRITE;
            ChangeAccount = "change_account", PLATFORM_WRITE;
            ReadAccounts = "read_accounts", PLATFORM_READ;
            IssueCredential = "issue_credential", PLATFORM_WRITE;
            // Credere itself takes back what has lost its secret with the end of a journal.
            RevokeCredential = "revoke_credential", PLATFORM_WRITE.and_system();
            ReadCredentials = "read_credentials", PLATFORM_READ;
            RegisterPartner = "register_partner", PLATFORM_WRITE;
            ChangePartner = "change_partner", PLATFORM_WRITE;
            ReadPartners = "read_partners", PLATFORM_READ;
            ReadOwnPartner = "read_own_partner", PLATFORM_READ.and(SELLERS, Reach::Own);
            AllocatePool = "allocate_pool", PLATFORM_WRITE.and(DISTRIBUTORS, Reach::SecondLevels);
            ReadSecondLevels = "read_second_levels", PLATFORM_READ.and(DISTRIBUTORS, Reach::SecondLevels);
            ReadIndirectCustomers = "read_indirect_customers", PLATFORM_READ.and(DISTRIBUTORS, Reach::SecondLevels);
            BindCustomer = "bind_customer", PLATFORM_WRITE;
            UnbindCustomer = "unbind_customer", PLATFORM_WRITE;
            ReadCustomers = "read_customers", PLATFORM_READ.and(SELLERS, Reach::DirectCustomers);
            ReadCustomerInfo = "read_customer_info", PLATFORM_READ.and(FIRST_LEVEL, Reach::DirectCustomers);
            ReadCustomerVerification = "read_customer_verification", PLATFORM_READ.and(FIRST_LEVEL, Reach::DirectCustomers);
            ReadOwnCredit = "read_own_credit", PLATFORM_READ.and(CUSTOMERS, Reach::Own);
            NoteCustomer = "note_customer", PLATFORM_WRITE.and(SELLERS, Reach::DirectCustomers);
            AllocateCredit = "allocate_credit", PLATFORM_WRITE.and(SELLERS, Reach::DirectCustomers);
            ReadAllocations = "read_allocations", PLATFORM_READ.and(SELLERS, Reach::DirectCustomers);
            ReadCountryCodes = "read_country_codes", PLATFORM_READ.and(ACCOUNTS, Reach::Anything);
    } } };
}
pub(super) use rows;
